"""What of a mail's text is its writer's own: headers, quotes and signatures are told apart."""
