"""Audio files to samples to features."""
