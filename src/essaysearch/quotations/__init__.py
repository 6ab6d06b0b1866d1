"""Who quotes whom: quotations linked to their sources, copies recognised."""
