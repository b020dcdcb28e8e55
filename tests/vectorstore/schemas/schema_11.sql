BEGIN TRANSACTION;
CREATE TABLE account_links (
	digest VARCHAR NOT NULL,
	person VARCHAR NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (digest),
	FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE TABLE account_sessions (
	digest VARCHAR NOT NULL,
	person VARCHAR NOT NULL,
	begun_at DATETIME NOT NULL,
	seen_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (digest),
	FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE TABLE account_tokens (
	id VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	person VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	made_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME, collections JSON,
	PRIMARY KEY (id),
	UNIQUE (digest),
	FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE TABLE account_tries (
	"key" INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	address VARCHAR NOT NULL,
	at DATETIME NOT NULL,
	PRIMARY KEY ("key")
);
CREATE TABLE answers_under_way (
	conversation_id VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	writer VARCHAR NOT NULL, 
	heard_at DOUBLE NOT NULL, 
	steps INTEGER NOT NULL, 
	ahead INTEGER, 
	answer JSON, 
	halted BOOLEAN NOT NULL, 
	PRIMARY KEY (conversation_id), 
	FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE TABLE article_collections (
	collection VARCHAR NOT NULL, 
	article_id VARCHAR NOT NULL, 
	PRIMARY KEY (collection, article_id)
);
CREATE TABLE articles (
	"key" INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	title TEXT NOT NULL,
	outlet TEXT NOT NULL,
	authors JSON NOT NULL,
	url TEXT NOT NULL,
	published_at DATETIME,
	updated_at DATETIME,
	ingested_at DATETIME NOT NULL,
	language VARCHAR NOT NULL,
	text TEXT NOT NULL,
	summary_only BOOLEAN NOT NULL,
	gone_at DATETIME,
	corrections JSON DEFAULT '[]' NOT NULL,
	text_hash VARCHAR NOT NULL,
	story INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY ("key"),
	UNIQUE (id)
);
INSERT INTO "articles" VALUES(1,'ferry',2,'Ferry sinks','Post','["Ann Lee"]','https://post.example/ferry','2022-07-03 00:00:00.000000','2022-07-03 00:00:00.000000','2026-01-02 03:04:05.000000','en','The ferry sank in the harbour at night. Three sailors were rescued by a trawler.',0,NULL,'[["2022-07-03T00:00:00+00:00", "Three sailors were rescued by a trawler."]]','454b8aa640f8eb63e8e8d6e6d50cec6567c61b22670dd474d158b0f420548c62',1);
INSERT INTO "articles" VALUES(2,'rates',1,'Rates rise','Gazette','[]','',NULL,NULL,'2026-01-02 03:04:05.000000','en','The central bank raised interest rates.',0,NULL,'[]','33dcb29c4a8cd795563500d7bed9b5af69aff1daf8b8bcbb72ae53e090bd3d06',2);
CREATE TABLE articles_read (
	person VARCHAR DEFAULT '' NOT NULL,
	article_id VARCHAR NOT NULL,
	read_at DATETIME NOT NULL,
	PRIMARY KEY (person, article_id)
);
INSERT INTO "articles_read" VALUES('','ferry','2026-01-02 03:04:05.000000');
CREATE TABLE articles_starred (
	person VARCHAR DEFAULT '' NOT NULL,
	article_id VARCHAR NOT NULL,
	starred_at DATETIME NOT NULL,
	PRIMARY KEY (person, article_id)
);
INSERT INTO "articles_starred" VALUES('','rates','2026-01-02 03:04:05.000000');
CREATE TABLE audit (
	"key" INTEGER NOT NULL,
	at DATETIME NOT NULL,
	who VARCHAR NOT NULL,
	act VARCHAR NOT NULL,
	what TEXT NOT NULL,
	PRIMARY KEY ("key")
);
CREATE TABLE collections (
	name VARCHAR NOT NULL,
	person VARCHAR DEFAULT '' NOT NULL,
	kept JSON NOT NULL,
	PRIMARY KEY (name, person)
);
CREATE TABLE conversations (
	id VARCHAR NOT NULL,
	title TEXT NOT NULL,
	started_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL, person VARCHAR DEFAULT '' NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "conversations" VALUES('talk','','2026-01-02 03:04:05.000000','2026-01-02 03:04:05.000000','');
CREATE TABLE earlier_versions (
	"key" INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	title TEXT NOT NULL,
	outlet TEXT NOT NULL,
	authors JSON NOT NULL,
	url TEXT NOT NULL,
	published_at DATETIME,
	updated_at DATETIME,
	ingested_at DATETIME NOT NULL,
	language VARCHAR NOT NULL,
	text TEXT NOT NULL,
	summary_only BOOLEAN NOT NULL,
	gone_at DATETIME,
	corrections JSON DEFAULT '[]' NOT NULL,
	PRIMARY KEY ("key")
);
INSERT INTO "earlier_versions" VALUES(1,'ferry',1,'Ferry sinks','Post','["Ann Lee"]','https://post.example/ferry','2022-07-03 00:00:00.000000',NULL,'2026-01-02 03:04:05.000000','en','The ferry sank in the harbour at night. Two sailors were rescued.',0,NULL,'[]');
CREATE TABLE edits (
	article_id VARCHAR NOT NULL,
	changed JSON NOT NULL,
	stated JSON NOT NULL,
	edited_at DATETIME NOT NULL,
	person VARCHAR DEFAULT '' NOT NULL,
	PRIMARY KEY (article_id)
);
CREATE TABLE exchanges (
	conversation_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	question TEXT NOT NULL,
	said TEXT NOT NULL,
	answer JSON,
	problem TEXT NOT NULL,
	stopped BOOLEAN NOT NULL,
	thumb VARCHAR NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (conversation_id, number),
	FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
INSERT INTO "exchanges" VALUES('talk',1,'Who was rescued?','Three sailors.',NULL,'',0,'','');
CREATE TABLE facts (
	name VARCHAR NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('generation','2');
INSERT INTO "facts" VALUES('embedder','letters');
INSERT INTO "facts" VALUES('indexed','2');
INSERT INTO "facts" VALUES('closed to others','yes');
INSERT INTO "facts" VALUES('schema','11');
CREATE TABLE feed_collections (
	url VARCHAR NOT NULL, 
	collection VARCHAR NOT NULL, 
	PRIMARY KEY (url, collection)
);
CREATE TABLE hosts (
	host VARCHAR NOT NULL, 
	free_at DATETIME NOT NULL, 
	PRIMARY KEY (host)
);
CREATE TABLE listed (
	article_key INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	words TEXT NOT NULL,
	outlet TEXT COLLATE "NOCASE" NOT NULL,
	language VARCHAR NOT NULL,
	published_at DATETIME,
	ingested_at DATETIME NOT NULL,
	passages INTEGER NOT NULL,
	length INTEGER NOT NULL,
	PRIMARY KEY (article_key),
	FOREIGN KEY(article_key) REFERENCES articles ("key") ON DELETE CASCADE
);
INSERT INTO "listed" VALUES(1,'ferry','ferry sinks post','Post','en','2022-07-03 00:00:00.000000','2026-01-02 03:04:05.000000',2,80);
INSERT INTO "listed" VALUES(2,'rates','rates rise gazette','Gazette','en',NULL,'2026-01-02 03:04:05.000000',1,39);
CREATE TABLE marks (
	"key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	article_id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	start INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	words TEXT NOT NULL,
	note TEXT NOT NULL,
	made_at DATETIME NOT NULL,
	person VARCHAR DEFAULT '' NOT NULL
);
INSERT INTO "marks" VALUES(1,'ferry',2,0,10,'The ferry ','Who were they?','2026-11-27 23:49:25.319317','');
CREATE TABLE next_vectors (
	passage_key INTEGER NOT NULL,
	vector BLOB NOT NULL,
	PRIMARY KEY (passage_key),
	FOREIGN KEY(passage_key) REFERENCES passages ("key") ON DELETE CASCADE
);
CREATE TABLE pages (
	url VARCHAR NOT NULL,
	feed VARCHAR NOT NULL,
	article_id VARCHAR NOT NULL,
	etag TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	listed BOOLEAN NOT NULL,
	PRIMARY KEY (url)
);
CREATE TABLE passages (
	"key" INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	article_key INTEGER NOT NULL,
	position INTEGER NOT NULL,
	start INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	vector BLOB NOT NULL, vector_generation INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY ("key"),
	UNIQUE (id),
	FOREIGN KEY(article_key) REFERENCES articles ("key") ON DELETE CASCADE
);
INSERT INTO "passages" VALUES(3,'rates@1#0',2,0,0,39,1,X'1D4BD43E263AE7BEFCF263BEFB09613EE7E884BE6CC49E3DA4AF273FDB081EBE',0);
INSERT INTO "passages" VALUES(4,'ferry@2#0',1,0,0,39,2,X'',0);
INSERT INTO "passages" VALUES(5,'ferry@2#1',1,1,40,80,2,X'',0);
CREATE TABLE people (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	password TEXT NOT NULL,
	subject TEXT NOT NULL,
	made_at DATETIME NOT NULL, collections JSON,
	PRIMARY KEY (id),
	UNIQUE (name)
);
CREATE TABLE personal (
	person VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	value JSON NOT NULL,
	PRIMARY KEY (person, name),
	FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE TABLE queued_addresses (
	url VARCHAR NOT NULL, 
	collection VARCHAR NOT NULL, 
	queued_at DATETIME NOT NULL, 
	tries INTEGER NOT NULL, 
	due_at DATETIME, 
	problem TEXT NOT NULL, 
	PRIMARY KEY (url)
);
CREATE TABLE robots (
	origin VARCHAR NOT NULL,
	text TEXT NOT NULL,
	read_at DATETIME NOT NULL,
	PRIMARY KEY (origin)
);
CREATE TABLE sketches (
	mark BIGINT NOT NULL,
	article_key INTEGER NOT NULL,
	runs INTEGER NOT NULL,
	PRIMARY KEY (mark, article_key)
)
 WITHOUT ROWID

;
CREATE TABLE stories_followed (
	person VARCHAR DEFAULT '' NOT NULL,
	article_id VARCHAR NOT NULL,
	story VARCHAR NOT NULL,
	known_at DATETIME NOT NULL,
	PRIMARY KEY (person, article_id)
);
INSERT INTO "stories_followed" VALUES('','ferry','ferry','2026-01-02 03:04:05.000000');
CREATE TABLE subscriptions (
	url VARCHAR NOT NULL,
	title TEXT NOT NULL,
	added_at DATETIME NOT NULL,
	etag TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	digest VARCHAR NOT NULL,
	last_run_at DATETIME,
	last_result TEXT NOT NULL,
	failures INTEGER NOT NULL,
	next_due_at DATETIME,
	PRIMARY KEY (url)
);
INSERT INTO "subscriptions" VALUES('https://post.example/feed','Post','2026-01-02 03:04:05.000000','','','',NULL,'',0,NULL);
CREATE TABLE tags (
	article_id VARCHAR NOT NULL,
	tag VARCHAR NOT NULL,
	person VARCHAR DEFAULT '' NOT NULL,
	PRIMARY KEY (article_id, tag, person)
);
INSERT INTO "tags" VALUES('ferry','rescue','');
CREATE TABLE withdrawn (
	passage_id VARCHAR NOT NULL, generation INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY (passage_id)
);
CREATE INDEX articles_outlet ON articles (outlet);
CREATE INDEX ix_articles_text_hash ON articles (text_hash);
CREATE INDEX articles_language ON articles (language);
CREATE INDEX ix_articles_story ON articles (story);
CREATE INDEX articles_published_at ON articles (published_at);
CREATE INDEX ix_earlier_versions_id ON earlier_versions (id);
CREATE INDEX ix_pages_feed ON pages (feed);
CREATE INDEX ix_conversations_changed_at ON conversations (changed_at);
CREATE INDEX ix_passages_article_key ON passages (article_key);
CREATE INDEX passages_waiting ON passages (article_key) WHERE length(vector) = 0;
CREATE INDEX ix_passages_generation ON passages (generation);
CREATE INDEX ix_listed_passages ON listed (passages);
CREATE INDEX ix_listed_ingested_at ON listed (ingested_at);
CREATE INDEX ix_listed_published_at ON listed (published_at);
CREATE INDEX ix_listed_length ON listed (length);
CREATE INDEX ix_listed_words ON listed (words);
CREATE INDEX ix_listed_language ON listed (language);
CREATE INDEX ix_listed_outlet ON listed (outlet);
CREATE INDEX ix_marks_article_id ON marks (article_id);
CREATE INDEX ix_tags_tag ON tags (tag);
CREATE INDEX ix_stories_followed_story ON stories_followed (story);
CREATE INDEX ix_conversations_person ON conversations (person);
CREATE INDEX ix_withdrawn_generation ON withdrawn (generation);
CREATE INDEX ix_passages_vector_generation ON passages (vector_generation);
CREATE INDEX ix_people_subject ON people (subject);
CREATE INDEX ix_account_tries_at ON account_tries (at);
CREATE INDEX ix_account_tries_address ON account_tries (address);
CREATE INDEX ix_account_tries_name ON account_tries (name);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_account_links_person ON account_links (person);
CREATE INDEX ix_account_sessions_person ON account_sessions (person);
CREATE INDEX ix_account_tokens_person ON account_tokens (person);
CREATE INDEX ix_article_collections_article_id ON article_collections (article_id);
CREATE INDEX ix_queued_addresses_due_at ON queued_addresses (due_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('marks',1);
COMMIT;
