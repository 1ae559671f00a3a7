"""Pictures that members upload: receiving them, using them, and who may see them."""
