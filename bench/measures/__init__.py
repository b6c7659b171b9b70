"""What can be measured, and the records that training yields."""
