// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	_ "github.com/mattn/go-sqlite3"
	"github.com/outgrow/outgrow/bindings/go"
)

type item struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Price int64  `json:"price"`
}

// items is the table, on one connection: behind the cache there are few callers.
type items struct{ db *sql.DB }

func openItems(path string) (*items, error) {
	name := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "_busy_timeout=50&_journal_mode=DELETE"}
	db, err := sql.Open("sqlite3", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	t := &items{db}
	if err := t.make(); err != nil {
		db.Close()
		return nil, err
	}
	return t, nil
}

func (t *items) make() error {
	var found int
	err := t.db.QueryRow("SELECT 1 FROM sqlite_master WHERE name = 'items'").Scan(&found)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	made, err := t.db.Begin()
	if err != nil {
		return err
	}
	defer made.Rollback() // nothing, once committed
	_, err = made.Exec(`CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
		WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < 1000)
		INSERT INTO items SELECT id, 'item ' || id, id * 10 FROM ids`)
	if err != nil {
		return err
	}
	return made.Commit()
}

// get is an item, or outgrow.ErrAbsent.
func (t *items) get(ctx context.Context, id int64) (item, error) {
	var i item
	err := t.db.QueryRowContext(ctx, "SELECT id, name, price FROM items WHERE id = ?", id).Scan(&i.ID, &i.Name, &i.Price)
	if errors.Is(err, sql.ErrNoRows) {
		return i, outgrow.ErrAbsent
	}
	return i, err
}

func (t *items) close() { t.db.Close() }
