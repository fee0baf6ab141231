"""S0 pulses of gas, water and energy meters, counted here for as long as it takes."""
