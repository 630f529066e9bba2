"""The mood engine: observations in, decisions out. Pure: time is an argument."""
