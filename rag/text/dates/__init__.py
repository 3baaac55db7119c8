"""The one reader of dates: of feeds, pages, mails, tables, scraped lines and questions."""
