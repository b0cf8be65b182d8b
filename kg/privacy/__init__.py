"""Who is a protected person, and the gate that no data pass that would identify one."""
