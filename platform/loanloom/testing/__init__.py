"""For tests of the house, of bundles and of plugins: real databases, builders, the YAML case runner."""
