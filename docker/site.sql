-- Roles and databases of one CKAN; run by the superuser, as often as one likes.
-- psql variables: site, owner_password, writer_password, reader_password.
--
-- The owner may do anything in `site` and create tables in the DataStore's database; the writer owns
-- `site_datastore` and nothing else; the reader reads there what the writer allows. None of them may
-- create roles or databases, and nobody else may connect.

\set datastore :site '_datastore'
\set writer :site '_rw'
\set reader :site '_ro'

select format('create role %I', name) from unnest(array[:'site', :'writer', :'reader']) name
  where not exists (select from pg_roles where rolname = name) \gexec
alter role :"site" login nosuperuser nocreatedb nocreaterole noreplication password :'owner_password';
alter role :"writer" login nosuperuser nocreatedb nocreaterole noreplication password :'writer_password';
alter role :"reader" login nosuperuser nocreatedb nocreaterole noreplication password :'reader_password';

select format('create database %I owner %I encoding ''UTF8'' template template0', name, owner)
  from (values (:'site', :'site'), (:'datastore', :'writer')) wanted(name, owner)
  where not exists (select from pg_database where datname = name) \gexec
revoke all on database :"site", :"datastore" from public;
grant connect on database :"datastore" to :"site", :"writer", :"reader";

\connect :"site"
revoke all on schema public from public;
\connect :"datastore"
revoke all on schema public from public;
