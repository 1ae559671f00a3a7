"""The tests of the realtime engine, which needs nothing else of Konektor."""
