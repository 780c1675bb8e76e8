"""What an allocation means: comparison, explanation, sensitivity, uncertainty, calibration, review."""
