-- Members taken apart: the acquisition fee that their merge had credited is charged again.
alter table mission_completion drop constraint mission_completion_kind_check;
alter table mission_completion add constraint mission_completion_kind_check
  check (kind in ('given', 'moved', 'taken-back', 'credited', 'charged'));
