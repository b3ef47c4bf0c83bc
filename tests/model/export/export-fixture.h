/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/model/store/make-project.h"

G_BEGIN_DECLS

/**
 * ExportFixture: a project in a folder of its own, with one task and no case.
 * @task: "nodule"
 * @one: for a test that adds a case
 */
typedef struct
{
  char     *folder;
  char     *path;
  SagStore *store;
  gint64    task;
  gint64    one;
} ExportFixture;

/** export_fixture_set_up: @reader: (nullable): a string: "Ann" if NULL */
void export_fixture_set_up (ExportFixture *fixture, gconstpointer reader);
void export_fixture_tear_down (ExportFixture *fixture, gconstpointer data);

G_END_DECLS
