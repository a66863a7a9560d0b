"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# The same examples every time, and however long they take on a machine with other things to do.
settings.register_profile("mockgw", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mockgw")
