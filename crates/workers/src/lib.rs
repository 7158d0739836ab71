//! Doors that time opens: the inbound loop, fan-out, lanes, the sweep.
