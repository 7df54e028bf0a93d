UPDATE account SET language = 'sv' WHERE id = {uuid 8};
