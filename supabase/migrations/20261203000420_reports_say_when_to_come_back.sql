-- Changed signatures: report_delivery takes for how long a receiver asks to be left alone.
drop function public.report_delivery(bigint, uuid, integer, text);
drop function private.report_delivery(bigint, uuid, integer, text);
