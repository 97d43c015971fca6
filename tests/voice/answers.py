"""A short call, and what a model answers about it: some of it right, some of it not."""

TALK = (
    ("agent", "Northwind Heating, what can we do for you?"),
    ("caller", "Our boiler failed its inspection. It is at 14 Alder Row in Stockport."),
    ("agent", "Thank you. I will e-mail you the list of papers today."),
    ("caller", "It has to work by Friday evening. Text me, please."),
)
OUTCOME = {
    "fields": [
        {"key": "problem", "value": "Our boiler failed", "turn": "T2", "quote": "Our boiler failed its inspection"},
        {"key": "location", "value": "14 Alder Row, Stockport", "turn": "T9", "quote": "14 Alder Row in Stockport"},
        {"key": "deadline", "value": "Friday evening", "turn": "T4", "quote": "by Saturday evening"},
        {"key": "budget_signal", "value": "enormous", "turn": "T4", "quote": "Text me, please"},
        {"key": "preferred_follow_up", "value": "sms", "turn": "T4", "quote": "Text me, please"},
        {"key": "shoe_size", "value": "43", "turn": "T4", "quote": "Text me"},
        "not an entry",
    ],
    "escalation_reason": None,
    "recommended_next_action": "send_followup",
    "promises": [
        {"text": "E-mail the papers", "turn": "T3", "quote": "I will e-mail you the list of papers today", "due": "today", "kind": "email"},
        {"text": "A free boiler", "turn": "T3", "quote": "You get a free boiler", "due": None, "kind": "other"},
        {"text": "By the caller", "turn": "T4", "quote": "Text me, please", "due": None, "kind": "other"},
    ],
}  # fmt: skip
SUMMARY = {
    "sections": [
        {
            "key": "reason",
            "sentences": [
                {"text": "The boiler failed.", "turn": "T4", "quote": "Our boiler failed"},
                {"text": "They are furious.", "turn": "T2", "quote": "we are furious"},
                {"text": "No quote here."},
                17,
            ],
        },
        {"key": "weather", "sentences": []},
    ]
}
VERDICT = {"verdict": "qualified", "reasons": ["A real request."]}
