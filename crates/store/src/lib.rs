//! The cellar: all SQL, migrations, the message log, deliveries.
