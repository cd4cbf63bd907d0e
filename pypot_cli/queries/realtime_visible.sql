-- Which of the rows the policies show.
select m.id from realtime.messages as m where m.id = any(%s)
