"""How much of a cut turn the caller can have heard: an estimate that rather says too little."""

# Nobody tells how long a text takes to say. Slow speech: fast speakers are heard further than this.
SLOWEST_MS_PER_CHARACTER = 80


def estimate(text: str, audio_ms: int) -> int:
    """Code points of the text before the last whole word that surely was over."""
    reach = max(audio_ms, 0) // SLOWEST_MS_PER_CHARACTER
    if reach >= len(text):
        return len(text)
    end = text.rfind(" ", 0, reach + 1)
    return len(text[:end].rstrip()) if end > 0 else 0
