"""How alembic runs: on the connection, and in the transaction, it is handed."""

from alembic import context

from cloud.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the transaction around it is the caller's
)
context.run_migrations()
