"""Who writes for the first time: their profile and what they wrote before."""
