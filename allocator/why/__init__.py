"""Why a quota is what it is: steps, sentences, rule prices, the one-lot test, room, appeals, the ratchet, remedies."""
