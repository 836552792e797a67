"""Times to speakers: diarization and names."""
