"""Words and features to times: forced alignment."""
