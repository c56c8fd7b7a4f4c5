"""How documents flow: the topology, its stages, the inference consumer, the sink, dead letters."""
