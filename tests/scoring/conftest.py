"""No clock in properties: how long an example takes says how busy the machine is, and nothing about arithmetic."""

from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")
