"""Where all model calls meet: the engine's ports, the engines, the consumer that feeds them."""
