"""The drug-response model: data, module, ensemble, calibration, explanation, release."""
