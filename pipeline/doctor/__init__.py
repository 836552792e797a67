"""Where the audio contradicts the transcript: words that are wrong, missing, extra or repeated."""
