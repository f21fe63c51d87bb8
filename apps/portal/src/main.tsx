import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./styles/page.css";

const page = document.getElementById("page");
if (page === null) throw new Error("BUG: index.html has no element with the id page");
createRoot(page).render(<App />);
