"""From a query to results, and everything that explains one."""
