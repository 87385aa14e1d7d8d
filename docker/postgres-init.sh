#!/bin/sh
# Run once by the official image on an empty volume: the portal's roles and databases.
set -eu
psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -f /srv/site.sql \
  -v site=portal -v owner_password="$OWNER_PASSWORD" \
  -v writer_password="$WRITER_PASSWORD" -v reader_password="$READER_PASSWORD"
