-- Detection reads entries by the address or device they came from, in one pot or over all of them.

create index pot_entries_ip_idx on public.pot_entries (ip_hash, pot_id)
where ip_hash is not null;
create index pot_entries_device_idx on public.pot_entries (device_hash, pot_id)
where device_hash is not null;
