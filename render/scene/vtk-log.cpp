/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/vtk-log.h"

#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkOutputWindow.h>

namespace
{

GMutex           mutex;
SagRenderLogFunc log_func;
gpointer         log_data;

class LogWindow : public vtkOutputWindow
{
public:
  static LogWindow *New ();
  vtkTypeMacro (LogWindow, vtkOutputWindow);

  void
  DisplayText (const char *text) override
  {
    g_autofree char *message = g_strchomp (g_strdup (text));

    g_mutex_lock (&mutex);
    if (log_func != nullptr)
      log_func (message, log_data);
    else
      g_debug ("VTK: %s", message);
    g_mutex_unlock (&mutex);
  }
};

vtkStandardNewMacro (LogWindow)

} // namespace

void
sag_render_vtk_set_log (SagRenderLogFunc func, gpointer user_data)
{
  g_mutex_lock (&mutex);
  log_func = func;
  log_data = user_data;
  g_mutex_unlock (&mutex);
}

void
sag_render_vtk_log_install (void)
{
  static gsize once = 0;

  if (!g_once_init_enter (&once))
    return;
  try
    {
      vtkNew<LogWindow> window;

      vtkOutputWindow::SetInstance (window);
    }
  catch (...)
    {
      g_debug ("VTK's messages stay on stderr.");
    }
  g_once_init_leave (&once, 1);
}
