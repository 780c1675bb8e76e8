"""Scenario → claims → bounds → program or waterfill → allocation → certificate."""
