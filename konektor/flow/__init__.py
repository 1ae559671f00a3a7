"""What any rule may use and that knows nothing of the product: batching, caches, periodic work."""
