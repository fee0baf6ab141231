"""How well the production of arrays is forecast, on files anybody can bring."""
