"""The year: pace, review, unions to found, net against gross, years planned together."""
