"""Words to captions: cues and house styles."""
