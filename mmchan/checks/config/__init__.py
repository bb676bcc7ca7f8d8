"""Is a config right: names, arguments, kinds of values; what they mean together; whether its parts build."""
