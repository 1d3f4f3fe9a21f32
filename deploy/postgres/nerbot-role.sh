#!/bin/sh
# What the official PostgreSQL image runs once, on an empty volume: an ordinary role for nerbot, and its database.
# POSTGRES_USER is a superuser, whom row-level security does not bind: nerbot does not connect as that one.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$ROLE_PASSWORD" \
    --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE nerbot LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'password';
CREATE DATABASE nerbot OWNER nerbot;
SQL
