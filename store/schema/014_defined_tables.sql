-- Nothing wrote to these: an empty table would answer "none" to who asks it. What a charge is, queries/finops/charges.sql says.
drop table charges;

drop table detections;
