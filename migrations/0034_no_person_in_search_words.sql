-- A sole trader's tax number is a TCKN: masked in every answer, so it must not be
-- found by its beginning either. What was written before goes out of the index.
UPDATE search_words_rows s
  JOIN companies_rows c ON c.tenant_id = s.tenant_id AND c.id = s.entity_id
  SET s.word = ''
  WHERE s.entity = 'COMPANY' AND CHAR_LENGTH(c.tax_id) = 11 AND s.word = c.tax_id;

UPDATE companies_rows
  SET search_key = TRIM(REPLACE(CONCAT(' ', search_key, ' '), CONCAT(' ', tax_id, ' '), ' ')),
      updated_at = updated_at
  WHERE CHAR_LENGTH(tax_id) = 11 AND CONCAT(' ', search_key, ' ') LIKE CONCAT('% ', tax_id, ' %');
