"""Alignment by a neural network with connectionist temporal classification, through whisperx."""
