"""Growth that may not come: draws, bands, shortfalls, tipping points, the frontier, the compromise."""
