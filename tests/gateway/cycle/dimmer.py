"""The model of a device with two setpoints and no reversion timer."""

MODEL = """
title = "Dimmer"
source = "its sheet"
verified = false
checked = "not yet"
role = "sub"
table = "holding"
encoding = "uint16"
registers = [
    { quantity = "dim_level_percent", address = 10 },
    { quantity = "setpoint_temperature_c", address = 20, encoding = "float32" },
]
[control]
[[control.setpoints]]
quantity = "dim_level_percent"
address = 10
low = 0
high = 100
[[control.setpoints]]
quantity = "setpoint_temperature_c"
address = 20
encoding = "float32"
low = 16
high = 26
step = 0.5
normal = 21
"""
