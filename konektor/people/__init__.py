"""People: profiles, discovery, swipes, requests, friends and blocks."""
