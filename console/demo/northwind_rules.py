"""Who decides about what at Northwind Heating."""

from runs.policies import Autonomy, Condition, Match, Policy, RiskRule, Stage, Terms

UPDATE = "crm.update_contact"
MAIL = "resend.send_followup_email"
DISPATCH = "dispatch.note_wish"

POLICY = Policy(
    rules=(
        RiskRule(
            key="contact_data",
            words="A phone number or e-mail address changes",
            action=UPDATE,
            field="mobile",
            risk="medium",
        ),
        RiskRule(
            key="contact_phone",
            words="A phone number or e-mail address changes",
            action=UPDATE,
            field="phone",
            risk="medium",
        ),
        RiskRule(
            key="contact_email",
            words="A phone number or e-mail address changes",
            action=UPDATE,
            field="email",
            risk="medium",
        ),
        RiskRule(
            key="address_moves",
            words="Engineers would drive to another address",
            action=UPDATE,
            field="address",
            risk="high",
            terms=Terms(
                stages=(Stage(roles=("operator", "support_lead")), Stage(roles=("admin",)))
            ),
        ),
        RiskRule(
            key="contact_lost",
            words="A way to reach the customer is taken away",
            action=UPDATE,
            field="email",
            when=Condition(new=Match(how="empty")),
            risk="high",
        ),
        RiskRule(
            key="follow_up_asked",
            words="A follow-up binds a colleague's time",
            action=UPDATE,
            field="followup_needed",
            risk="medium",
        ),
        RiskRule(
            key="notes_only",
            words="Only notes change",
            action=UPDATE,
            field="notes",
            risk="low",
        ),
        RiskRule(
            key="preference",
            words="How the customer likes to be reached",
            action=UPDATE,
            field="preferred_channel",
            risk="low",
        ),
        RiskRule(
            key="mail_to_customer",
            words="A message leaves the house",
            action=MAIL,
            risk="medium",
        ),
    ),
    approve_by_minutes=4 * 60,
    execute_by_minutes=24 * 60,
    autonomy={
        UPDATE: Autonomy(level="auto"),
        MAIL: Autonomy(level="ask"),
        DISPATCH: Autonomy(level="draft"),
    },
)
