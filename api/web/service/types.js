// What the service sends and takes; tamngu/records/ has the same in Python.

/**
 * @typedef {object} Evidence
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {number} score
 */

/**
 * @typedef {object} OtherPlace
 * @property {string} article_id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} source
 * @property {string | null} published_at
 * @property {string} [language]
 * @property {string | null} [script]
 */

/**
 * @typedef {object} Hit
 * @property {number} rank
 * @property {number} score
 * @property {Record<string, number>} parts
 * @property {string} passage_id
 * @property {string} article_id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} source
 * @property {string | null} published_at
 * @property {string} language
 * @property {string | null} [script]
 * @property {number} start
 * @property {number} end
 * @property {string} text
 * @property {Evidence[]} evidence
 * @property {OtherPlace[]} also_at
 * @property {number | null} page
 */

/**
 * @typedef {object} Citation
 * @property {string} marker
 * @property {string} article_id
 * @property {string} passage_id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} published_at
 * @property {string} language
 * @property {string | null} [script]
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {number | null} page
 */

/**
 * @typedef {object} ShortAnswer
 * @property {string} text
 * @property {number} start
 * @property {number} end
 * @property {string} article_id
 * @property {string} passage_id
 * @property {string} language
 * @property {string | null} [script]
 * @property {number} score
 * @property {string[]} citations
 */

/**
 * @typedef {object} Carried
 * @property {string} text
 * @property {"name" | "period" | "words"} kind
 */

/**
 * What a result says beside what was found; text is in English.
 * @typedef {object} Notice
 * @property {string} code
 * @property {string} text
 * @property {Record<string, string | number | string[]>} values
 */

/**
 * @typedef {object} Answer
 * @property {string} question
 * @property {string} language
 * @property {string | null} [script]
 * @property {string} answer
 * @property {boolean} abstained
 * @property {number} confidence
 * @property {Citation[]} citations
 * @property {Hit[]} hits
 * @property {number} took_ms
 * @property {string | null} written_by
 * @property {Notice[]} notices
 * @property {ShortAnswer[]} answers
 * @property {string | null} [searched]
 * @property {Carried[]} [carried]
 */

/**
 * @typedef {object} SearchResult
 * @property {string} question
 * @property {string} language
 * @property {number} took_ms
 * @property {Hit[]} hits
 * @property {Notice[]} notices
 */

/**
 * @typedef {object} Cut
 * @property {string} line
 * @property {string} reason
 */

/**
 * @typedef {object} ArticleSummary
 * @property {string} id
 * @property {string} title
 * @property {string} language
 * @property {string | null} [script]
 * @property {string | null} published_at
 * @property {string | null} source
 * @property {string | null} url
 */

/**
 * @typedef {object} Article
 * @property {string} id
 * @property {string} title
 * @property {string} text
 * @property {string} language
 * @property {string | null} script
 * @property {string | null} url
 * @property {string | null} source
 * @property {string | null} published_at
 * @property {string[]} authors
 * @property {string[]} tags
 * @property {number[]} pages
 * @property {Cut[]} cut
 */

/**
 * @typedef {object} ArticlePassage
 * @property {string} passage_id
 * @property {number} start
 * @property {number} end
 */

/**
 * @typedef {object} FacetValue
 * @property {string} value
 * @property {number} articles
 */

/**
 * @typedef {object} Facets
 * @property {number} articles
 * @property {FacetValue[]} languages
 * @property {FacetValue[]} sources
 * @property {FacetValue[]} tags
 * @property {FacetValue[]} dates
 * @property {number} undated
 * @property {number} more_sources
 * @property {number} more_tags
 * @property {Notice[]} notices
 */

/**
 * @typedef {object} Rejection
 * @property {string} where
 * @property {string} reason
 * @property {number} count
 */

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {"import" | "evaluation"} kind
 * @property {string} collection
 * @property {"queued" | "running" | "done" | "failed" | "cancelled"} state
 * @property {string} created_at
 * @property {string | null} ended_at
 * @property {{files?: string[], urls?: string[], feeds?: string[], name?: string, questions?: number, ranking?: string}} asked
 * @property {{done: number, total: number, unit: string, added: number, updated: number, unchanged: number, rejected: number}} progress
 * @property {any} result
 * @property {Rejection[]} rejections
 * @property {string | null} error
 */

/**
 * @typedef {object} PreviewArticle
 * @property {string} id
 * @property {string} title
 * @property {string} language
 * @property {string | null} script
 * @property {string | null} url
 * @property {string | null} source
 * @property {string | null} published_at
 * @property {number} characters
 * @property {string} text
 * @property {Cut[]} cut
 * @property {"new" | "changed" | "unchanged"} state
 */

/**
 * @typedef {object} Preview
 * @property {PreviewArticle[]} articles
 * @property {Rejection[]} rejected
 * @property {number} more_rejected
 * @property {number} more
 * @property {Notice[]} notices
 */

/**
 * @typedef {object} SavedQuestion
 * @property {string} id
 * @property {string} collection
 * @property {string} question
 * @property {string | null} language
 * @property {string[] | null} languages
 * @property {string[] | null} sources
 * @property {string[] | null} tags
 * @property {string} created_at
 * @property {string | null} checked_at
 * @property {number} alerts
 * @property {number} unseen
 * @property {string | null} feed
 */

/**
 * @typedef {object} Alert
 * @property {string} id
 * @property {string} question_id
 * @property {string} question
 * @property {string} article_id
 * @property {string} title
 * @property {string | null} url
 * @property {string | null} source
 * @property {string | null} published_at
 * @property {string} language
 * @property {string | null} script
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {string | null} answer
 * @property {number} confidence
 * @property {string} found_at
 * @property {boolean} seen
 */

/**
 * @typedef {object} WatchedFeed
 * @property {string} id
 * @property {string} url
 * @property {string} collection
 * @property {number} every_minutes
 * @property {string | null} polled_at
 * @property {string | null} next_at
 * @property {string | null} outcome
 * @property {string | null} job_id
 */

/**
 * @typedef {object} Feedback
 * @property {string} id
 * @property {string} question
 * @property {string} language
 * @property {"right" | "wrong" | "better"} verdict
 * @property {string | null} article_id
 * @property {number | null} start
 * @property {number | null} end
 * @property {string | null} quote
 * @property {string | null} note
 * @property {string} created_at
 */

export {};
